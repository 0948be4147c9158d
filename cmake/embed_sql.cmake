# Every `sql/NNNN_name.sql` of a room's folder tree becomes part of one function of the room's library:
#
#   std::vector<sql::Migration> tilth::migrations_of_<room>();
#
# Migration::module is the folder that holds sql/, without "src/" and "modules/": "kernel", "kernel/behaviour", "customer".
# Order: the room's own files first, then each sub-folder's by name; within a folder by number.
#
# This file is both the function that a room calls and, run with -P, the script that writes the .cpp at build time.

if(CMAKE_SCRIPT_MODE_FILE)
  file(GLOB_RECURSE files RELATIVE ${DIR} ${DIR}/*.sql)
  list(FILTER files INCLUDE REGEX "(^|/)sql/[^/]+$")
  set(sortable)
  foreach(file ${files})
    get_filename_component(folder ${file} DIRECTORY)
    string(REGEX REPLACE "/?sql$" "" folder "${folder}")
    list(APPEND sortable "${folder}|${file}")  # The empty folder, which is the room's own, sorts first.
  endforeach()
  list(SORT sortable)
  set(out "// Written by cmake/embed_sql.cmake from the room's sql/ folders.\n#include \"platform/sql/sql.h\"\n\n")
  string(APPEND out "namespace tilth {\n\nstd::vector<sql::Migration> migrations_of_${ROOM}();\n")
  string(APPEND out "std::vector<sql::Migration> migrations_of_${ROOM}() {\n    return {\n")
  foreach(pair ${sortable})
    string(REGEX REPLACE "^[^|]*\\|" "" file "${pair}")
    string(REGEX REPLACE "\\|.*$" "" folder "${pair}")
    get_filename_component(stem ${file} NAME_WE)
    if(NOT stem MATCHES "^([0-9][0-9][0-9][0-9])_([a-z0-9_]+)$")
      message(FATAL_ERROR "${DIR}/${file}: a migration is named NNNN_name.sql")
    endif()
    set(name ${CMAKE_MATCH_2})
    math(EXPR number "1${CMAKE_MATCH_1} - 10000")
    set(module ${MODULE})
    if(folder)
      string(APPEND module "/${folder}")
    endif()
    file(READ ${DIR}/${file} text)
    string(APPEND out "        {.module = \"${module}\", .number = ${number}, .name = \"${name}\",\n")
    string(APPEND out "         .statements = R\"tilth_sql(${text})tilth_sql\"},\n")
  endforeach()
  string(APPEND out "    };\n}\n\n}  // namespace tilth\n")
  file(WRITE ${OUT} "${out}")
  return()
endif()

set(TILTH_EMBED_SQL ${CMAKE_CURRENT_LIST_FILE})

# Sets ${result} to the generated source, or to nothing when the room has no sql/.
function(tilth_embed_sql room dir result)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${dir}/*.sql)
  list(FILTER files INCLUDE REGEX "/sql/[^/]+$")
  set(${result} "" PARENT_SCOPE)
  if(NOT files)
    return()
  endif()
  string(REGEX REPLACE "^src/(modules/)?" "" module ${dir})
  set(out ${CMAKE_BINARY_DIR}/embedded/migrations_of_${room}.cpp)
  string(MD5 listing "${files}")  # In the command line, so that a removed file also writes the .cpp anew.
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DDIR=${CMAKE_SOURCE_DIR}/${dir} -DROOM=${room} -DMODULE=${module} -DOUT=${out}
            -DLISTING=${listing} -P ${TILTH_EMBED_SQL}
    DEPENDS ${files} ${TILTH_EMBED_SQL} VERBATIM)
  set(${result} ${out} PARENT_SCOPE)
endfunction()
