"""Written by tests/stubs.py: what tinygrad_lr.more.network_table offers, for type checkers and editors."""

import builtins
from tinygrad_lr.graph import Op

leaky_relu: Op
elu: Op
hardtanh: Op
softplus: Op
log_sigmoid: Op
silu: Op
mish: Op
gelu: Op
gelu_tanh: Op
native_batch_norm: Op
native_layer_norm: Op
embedding: Op
huber_loss: Op
smooth_l1_loss: Op
soft_margin_loss: Op
binary_cross_entropy: Op
binary_cross_entropy_with_logits: Op
