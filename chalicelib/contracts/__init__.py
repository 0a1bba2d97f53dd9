"""What the Lambdas and the GPU workers agree on. Standard library, pydantic and Pillow only."""
