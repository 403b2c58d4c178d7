"""Who is where and who may what: units in two dated trees, people, posts, access."""
