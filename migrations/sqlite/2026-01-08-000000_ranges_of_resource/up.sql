-- Quantities and composites in the order of resources. Takes some ten seconds for each million resources; the database grows by
-- a twelfth.

-- The values of one unit in the order of resources: (parameter, unit, rid, low, high). The newest of many that fit are found without
-- a look at the resources, and so is whether one resource has one.
CREATE INDEX ix_quantity_of_resource ON ix_quantity (parameter, unit, rid);

-- The same for the values that go with one hash: (parameter, hash, rid, low, high).
CREATE INDEX ix_composite_of_resource ON ix_composite (parameter, hash, rid);
