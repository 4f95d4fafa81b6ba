"""The version. ``cuda``, ``hip``: what PyTorch was built for; this package is built for nothing."""

__version__ = "0.1.0"
cuda = hip = None
