"""The accounting API: what an organisation holds, and the rules by which it changes."""
