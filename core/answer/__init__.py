"""What is said to a question: sentences of the memories themselves, or a model's with the memories it rests on."""
