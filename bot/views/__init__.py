"""What answers, quotes, sources and help look like, whatever the front end."""
