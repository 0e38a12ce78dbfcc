"""What the bridge does. Services get what they need as constructor fields and reach the outside through ports only."""
