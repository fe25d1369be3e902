"""The built-in model server: OpenAI's API in front of the promotions of the signed ledgers."""
