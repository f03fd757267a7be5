-- A pair stood both ways round, so that one range held all companions of a product. It stands once now, the smaller id first, and a second index holds the other
-- range: half the rows to write for each order, and half to update when it is ordered again.
DELETE FROM recommendations.pair_orders WHERE product_id > other_id;
ALTER TABLE recommendations.pair_orders ADD CONSTRAINT pair_orders_once CHECK (product_id < other_id);
CREATE INDEX pair_orders_other_idx ON recommendations.pair_orders (other_id, product_id);
