# install rules, pkg-config file and CMake package
