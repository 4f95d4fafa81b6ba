"""What PyTorch has around the walk back, which is autograd.py: nothing here is needed to follow it.

function.py is a Function of one's own, hooks.py who looks at gradients on their way, anomaly.py the
search for the first nan, functional.py the Jacobian and its kin; gradcheck.py finds out whether a
gradient is right.
"""
