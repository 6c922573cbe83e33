"""What differs between images, sound and tables, in one place."""
