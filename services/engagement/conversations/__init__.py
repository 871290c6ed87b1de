"""Conversations: comments by others on a share, answered by its author or waiting, and who came back."""
