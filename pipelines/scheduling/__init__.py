"""What Airflow needs from the product: its DAGs' common parts and the watcher of the inboxes."""
