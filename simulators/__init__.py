"""Local stand-ins for outside services. They import nothing of ours and nobody imports them."""
