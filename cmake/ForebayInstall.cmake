# What `cmake --install` puts where: headers, both libraries, the programs, pkg-config files and the CMake package.
include(CMakePackageConfigHelpers)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/forebay DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
install(TARGETS forebay forebay_static EXPORT forebayTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
if(TARGET forebay_loader_program)
  install(TARGETS forebay_loader_program RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/forebay)
endif()
if(TARGET forebay_cli)
  install(TARGETS forebay_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(FILES ${PROJECT_SOURCE_DIR}/bindings/cli/completion/forebay.bash RENAME forebay
    DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/bash-completion/completions)
  install(FILES ${PROJECT_SOURCE_DIR}/bindings/cli/completion/_forebay
    DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/zsh/site-functions)
endif()
if(EXISTS ${PROJECT_SOURCE_DIR}/docs/forebay.1)
  install(FILES ${PROJECT_SOURCE_DIR}/docs/forebay.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endif()

set(FOREBAY_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/forebay)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/forebayConfig.cmake.in
  ${PROJECT_BINARY_DIR}/forebayConfig.cmake INSTALL_DESTINATION ${FOREBAY_PACKAGE_DIR}
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/forebayConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/forebayConfig.cmake ${PROJECT_BINARY_DIR}/forebayConfigVersion.cmake
  DESTINATION ${FOREBAY_PACKAGE_DIR})
install(EXPORT forebayTargets NAMESPACE forebay:: DESTINATION ${FOREBAY_PACKAGE_DIR})

# Why from ${pcfiledir}: `cmake --install --prefix` may put the tree elsewhere than configured.
set(FOREBAY_PC_DIR ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH FOREBAY_PC_PREFIX ${CMAKE_INSTALL_PREFIX}/${FOREBAY_PC_DIR} ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" FOREBAY_PC_PREFIX "${FOREBAY_PC_PREFIX}")
set(FOREBAY_PC_HDF5 ${HDF5_MODULE_NAME})
foreach(name forebay forebay-static)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/${name}.pc.in ${PROJECT_BINARY_DIR}/${name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${name}.pc DESTINATION ${FOREBAY_PC_DIR})
endforeach()
