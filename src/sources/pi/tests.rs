//! What homes cannot show: folders that are roots only sometimes, stores we do not read, and how to go on.
