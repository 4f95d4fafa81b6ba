"""The version. ``cuda``, ``hip``: what PyTorch was built for; this package is built for nothing."""

__version__ = "1.0.0"
cuda = hip = None
