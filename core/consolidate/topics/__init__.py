"""The tree of topics, for browsing (MemTree): episodes that are about the same, under titles of their own words."""
