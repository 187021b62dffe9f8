"""Outlook, through Microsoft Graph."""
