"""What a change means: from the engine's events to verdict, dangers, cost, and a comment that a reviewer can trust."""
