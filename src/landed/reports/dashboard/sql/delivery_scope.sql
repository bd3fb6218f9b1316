-- The window, and the rates that estimates use: one row.
select * from delivery_scope
