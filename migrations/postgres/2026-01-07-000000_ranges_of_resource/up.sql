-- The values of one unit, or of one hash, in the order of resources: the newest of many that fit are found without a look at the
-- resources.
CREATE INDEX ix_quantity_in_order ON ix_quantity (parameter, unit, rid, low, high);
CREATE INDEX ix_composite_in_order ON ix_composite (parameter, hash, rid, low, high);
