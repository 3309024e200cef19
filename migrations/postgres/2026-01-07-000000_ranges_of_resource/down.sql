DROP INDEX ix_composite_in_order;
DROP INDEX ix_quantity_in_order;
