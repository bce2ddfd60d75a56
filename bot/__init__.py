"""The Telegram bot over the library: knows Telegram, never touches encoders, search indexes or their files."""
