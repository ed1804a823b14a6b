/* version.h - which flakefs this is */
#ifndef FS_VERSION_H
#define FS_VERSION_H

#define FLAKEFS_VERSION "0.1.0"

#endif
