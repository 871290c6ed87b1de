"""Items: pieces of content with their captions, drafted and then published."""
