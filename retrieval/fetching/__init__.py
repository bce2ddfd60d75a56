"""Feeds, sitemaps and pages of the web → files of a folder of articles; nothing else in Byline opens a connection for them."""
