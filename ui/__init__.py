"""What a person sees: places, quick recall and tray; everything behind them is reached through `ui.bridge`."""
