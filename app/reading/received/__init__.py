"""The parts of reading a received text: sentences, phrases, times, and what each family of phrases means."""
