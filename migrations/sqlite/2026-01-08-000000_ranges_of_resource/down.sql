DROP INDEX ix_composite_of_resource;
DROP INDEX ix_quantity_of_resource;
