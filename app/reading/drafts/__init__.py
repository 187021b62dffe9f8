"""How the person's own texts are read; `app.reading.outbound` is the door."""
