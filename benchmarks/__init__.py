"""How fast and how good Byline is, side by side with what a user would write instead; never imported by the product."""
