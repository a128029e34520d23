"""The pages a person sees: paying, authenticating, connecting, setting up, looking around."""
