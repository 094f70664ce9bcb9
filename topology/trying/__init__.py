"""What one event would do to one customer, and why: without Kafka, before anybody is sent anything."""
