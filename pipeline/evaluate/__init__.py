"""How good the labels are on pages whose true text is known, beside the peers."""
