-- The ledger is read from the stock's own events, which tell every movement with the balance after it. A second copy of them cost each order two rows.
DROP TABLE inventory.movements;
