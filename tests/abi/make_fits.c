/* make_fits OUT ROWS FIRST: a FITS file with an empty image and a table of the columns id (J), ra
 * (D), flux (E), n (K), flag (I, scaled) and name (8A), written by cfitsio. */
#include <fitsio.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  char *names[] = {"ID", "RA", "flux", "n", "flag", "name"};
  char *forms[] = {"1J", "1D", "1E", "1K", "1I", "8A"};
  fitsfile *file = NULL;
  int status = 0;
  if (argc != 4) return 2;
  long rows = atol(argv[2]);
  int first = atoi(argv[3]);
  fits_create_diskfile(&file, argv[1], &status);
  fits_create_img(file, BYTE_IMG, 0, NULL, &status);
  fits_create_tbl(file, BINARY_TBL, rows, 6, names, forms, NULL, "STARS", &status);
  for (long i = 0; i < rows; i++) {
    int id = first + (int)i;
    double ra = id * 0.1;
    float flux = (float)id * 0.5f;
    LONGLONG n = (LONGLONG)id * 1000000007;
    short flag = (short)(id % 7);
    char text[9];
    char *name = text;
    snprintf(text, sizeof(text), "s%d", id % 1000000);
    fits_write_col(file, TINT, 1, i + 1, 1, 1, &id, &status);
    fits_write_col(file, TDOUBLE, 2, i + 1, 1, 1, &ra, &status);
    fits_write_col(file, TFLOAT, 3, i + 1, 1, 1, &flux, &status);
    fits_write_col(file, TLONGLONG, 4, i + 1, 1, 1, &n, &status);
    fits_write_col(file, TSHORT, 5, i + 1, 1, 1, &flag, &status);
    fits_write_col(file, TSTRING, 6, i + 1, 1, 1, &name, &status);
  }
  fits_close_file(file, &status);
  if (status != 0) fits_report_error(stderr, status);
  return status == 0 ? 0 : 1;
}
