/* The release that the headers stand for; as in OCaml no other header includes this one. */
#ifndef CAML_VERSION_H
#define CAML_VERSION_H

#include "sim_version.h"

#define OCAML_VERSION CAML_SIM_VERSION
#define OCAML_VERSION_MAJOR (CAML_SIM_VERSION / 10000)
#define OCAML_VERSION_MINOR (CAML_SIM_VERSION / 100 % 100)
#if CAML_SIM_VERSION < 50000
#define OCAML_VERSION_STRING "4.14.0"
#else
#define OCAML_VERSION_STRING "5.3.0"
#endif
#define OCAML_VERSION_PATCHLEVEL (CAML_SIM_VERSION % 100)

#endif
