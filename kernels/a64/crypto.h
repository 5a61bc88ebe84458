/* All of class crypto. */
#include "a64/crypto_aes.h"
#include "a64/crypto_sha.h"
#include "a64/crypto_sha3.h"
#include "a64/crypto_sm.h"
