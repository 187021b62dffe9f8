"""Gmail, through Google's own API."""
