"""Attribution: which touches conversions are owed to, by several models side by side, and who stands behind them."""
