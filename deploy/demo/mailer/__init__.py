"""A mailer to copy: takes messages from ``distribution-triggers`` and hands each over to an SMTP server once."""
