"""What a person would write instead of using Seed Sweep, each as a script that trains the same trials."""
