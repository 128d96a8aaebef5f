/* The release that the headers stand for, as the harness gives it. */
#ifndef CAML_SIM_VERSION
#define CAML_SIM_VERSION 50300
#endif
