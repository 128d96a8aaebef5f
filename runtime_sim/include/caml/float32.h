/* Boxed floats of 32 bits, which OxCaml has. */
#ifndef CAML_FLOAT32_H
#define CAML_FLOAT32_H

#include "mlvalues.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifdef CAML_SIM_OXCAML
#define Float32_val(v) (*(float *) caml_sim_custom((value) (v), 4))
extern value caml_copy_float32(float);
#endif

#ifdef __cplusplus
}
#endif

#endif
