// SPDX-License-Identifier: MIT
/*
 * Decoding, held against what Mesa's disassembler makes of the same bytes.
 */
#include "test.h"

#include "isa.h"
#include "isa_table.h"

struct sample {
	const char *hex;
	const char *text;
};

/* Observed output of Mesa 26.1.6 for compiled and for handwritten shaders. */
static const struct sample samples[] = {
	{ "62000000", "ldimm    r0l, 0" },
	{ "620a0074", "ldimm    r2h, 29696" },
	{ "6209efbeadde", "ldimm    r2, 3735928559" },
	{ "e2090000adde", "ldimm    $r2, 3735879680" },
	{ "f2011004", "mov      $r0, thread_in_grid_x" },
	{ "72053000", "mov      r1, thread_in_threadgroup_x" },
	{ "f2053300", "mov      $r1, thread_index_in_threadgroup" },
	{ "f20d3400", "mov      $r3, thread_index_in_simdgroup" },
	{ "72023a00", "mov      r0h, active_thread_index_in_simdgroup" },
	{ "72051400", "mov      r1, core_index" },
	{ "721d1208", "mov      r7, helper_arg_l" },
	{ "7e11400a8000", "mov      r4, r0" },
	{ "7e0500088000", "mov      r1, 0" },
	{ "7e1186098000", "mov      r4, u3" },
	{ "7e050e098000", "mov      r1, u7l" },
	{ "7e0541088000", "mov      r1, r0h" },
	{ "7e09ac098004", "mov      r2, u54" },
	{ "fe1586728000", "and      $r5, $r3, 7" },
	{ "fe0d46829900", "and      $r3, r3, u12" },
	{ "fe11842a6400", "xor      $r4, $r2, r1" },
	{ "fe09c46a6c00", "xor      $r2, ^r2, ^r3" },
	{ "7e11442ae400", "or       r4, r2, r1" },
	{ "fe018029d800", "or       $r0, u0, u1" },
	{ "7e0542064000", "not      r1, r1" },
	{ "7e01402a2400", "andn2    r0, r0, r1" },
	{ "7e0442608400", "and      r1l, r1l, r3l" },
	{ "0e01c08658000000", "iadd     r0, ^r0.sx, u4.sx" },
	{ "0e11242064040000", "iadd     r4, 100, r1.sx" },
	{ "8e0588256c000000", "iadd     $r1, u4.sx, ^r1.sx" },
	{ "8e118666e8000000", "iadd     $r4, $r3.sx, $r3.sx, lsl 1" },
	{ "0e0100c065002000", "iadd     r0, 0, r14.sx, lsl 4" },
	{ "0e2b444335000000", "iadd     dr10, dr2, dr10" },
	{ "8e290000e5001000", "iadd     $r10, 0, r8.sx, lsl 3" },
	{ "8e33140039000000", "iadd     $dr12, 20, $dr8" },
	{ "0e690160a9000000", "iadd     r26, 1, $r11, lsl 1" },
	{ "0e201a1500000000", "iadd     r8l, u13l.sx, 1" },
	{ "0e05420658020000", "iadd     r1, r1.sx, u64.sx" },
	{ "0e21501e00000000", "isub     r8, r8.sx, 1" },
	{ "8e0100086c000000", "isub     $r0, 0, ^r0.sx" },
	{ "ce05864200000000", "iadd     $r1, $r3, 4, sat" },
	{ "1e01c24658c00600", "imadd    r0, ^r1.sx, u2.sx, ^r0.sx" },
	{ "1e0542a658440602", "imadd    r1, r1.sx, u69.sx, r2.sx" },
	{ "1e1d42b600000000", "imul     r7, r1.sx, 11" },
	{ "9e21428601000001", "imul     $r8, r1.sx, 88" },
	{ "02000000040001e4", "csel     r0l, 0.0, r0l, 0, r0l, fgtn" },
	{ "0200400000421024", "csel     r0l, r0l, 0.0, r1l, r0h, flt" },
	{ "0204410444432004", "csel     r1l, r0h.abs, r0l.abs, r1h, r1l, feq" },
	{ "020a3020044250a4", "csel     r2h, 1.0, r1l, r1l, r2h, fgte" },
	{ "021900c0249001b0", "csel     r6, 0.0, r6, u8, 0, fgte" },
	{ "02194ce2244ce064", "csel     r6, r6, r7, r6, r7, fltn" },
	{ "3e800a042400", "u32_to_f r0l, r0, rte" },
	{ "3e800b042400", "s32_to_f r0l, r0, rte" },
	{ "3e8108000400", "f_to_u32 r0, r0l, rtz" },
	{ "3e8108802500", "f_to_u32 r0, r12, rtz" },
	{ "3e8509202400", "f_to_s32 r1, r1, rtz" },
	{ "3e8d0a442400", "u32_to_f r3, r2, rte" },
	{ "0a0040c0", "log2     r0l, r0l" },
	{ "0a0040d0", "exp2     r0l, r0l" },
	{ "0a064380", "rcp      r1h, r1h" },
	{ "0a084580", "rcp      r2l, r2h" },
	{ "0a0a4590", "rsqrt    r2h, r2h" },
	{ "0a0d4692", "rsqrt    r3, r3" },
	{ "8a0d46a2", "sinr     $r3, r3" },
	{ "8a118602", "floor    $r4, $r3" },
	{ "8a118612", "rsqrts   $r4, $r3" },
	{ "8a1186e2", "sinc     $r4, $r3" },
	{ "9a8d46020101", "fmul     $r3, r3, 4.0" },
	{ "aa8d4682a400", "fadd     $r3, r3, r4.neg" },
	{ "ba8944a218460200", "ffma     $r2, r2, u5, r3" },
	{ "268440000300", "hadd     r1l, r0l, 1.0" },
	{ "2602c1f0", "hadd     r0h, ^r0h, 0.234375" },
	{ "269642100400", "hadd     r5h, r1l, r0h" },
	{ "160081f0", "hmul     r0l, $r0h, 0.234375" },
	{ "168040101100", "hmul     r0l, r0l, u8h" },
	{ "168442422400", "hmul     r1l, r1l.abs, r2l.abs" },
	{ "16944a000001", "hmul     r5l, r5l, 2.0" },
	{ "1a0182f2", "fmul     r0, $r1, 0.234375" },
	{ "1a9156222500", "fmul     r4, r11, r9" },
	{ "2a05c2f2", "fadd     r1, ^r1, 0.234375" },
	{ "2a81546a2500", "fadd     r0, r10.neg, r11" },
	{ "2a8441040002", "fadd     r1l, r0h.abs, -0.0" },
	{ "2a9d4a0a0002", "fadd     r7, r5.neg, -0.0" },
	{ "6aad50020002", "fadd     r11, r8, -0.0, sat" },
	{ "360040440441", "hfma     r0l, r0l.neg, r2l, r0h" },
	{ "360c41340430", "hfma     r3l, r0h.neg, r1h, 1.0" },
	{ "361410110449", "hfma     r5l, u8l, r0h, r4h" },
	{ "3692100104120100", "hfma     r4h, u8l, r0l, u9l" },
	{ "36884a9404460400", "hfma     r2l, r5l.neg, r4h, r3l.neg" },
	{ "3a81130124540200", "ffma     r0, u9h, r0, r10" },
	{ "3a914602198c0100", "ffma     r4, r3, u8, u6" },
	{ "3a954c22194a0200", "ffma     r5, r6, u9, r5" },
	{ "2e0100002c050000", "shl      r0, ^r0, 5" },
	{ "2e01001000400200", "shl      r0, 1, r0" },
	{ "2e81000024420200", "shr      r0, r0, r1" },
	{ "2e9d00e0a40a0c00", "bfeil    r7, 0, r7, 10, 14" },
	{ "ae2d9026251d0000", "extr     $r11, $r8, r9, 29, 0" },
	{ "3e29540e0000", "ffs      r10, r10" },
	{ "3e0944500400", "intl     r2, r2l, r2h" },
	{ "120d4a3200468004", "csel     r3, r5, 3, r3, r4, ieq" },
	{ "12004c5200404010", "csel     r0l, r6, 5, r0l, 4, ieq" },
	{ "921586c22ccea00c", "csel     $r5, $r3, ^r6, ^r7, ^r5, ieq" },
	{ "1202506004506044", "csel     r0h, r8l, r3l, r8l, r3l, ugt" },
	{ "12824482184100300002", "csel     r0h, r2, u68, r0h, 0, ult" },
	{ "3219010000800100", "ballot   r6" },
	{ "3219420000000100", "ballot   r6, r1l, 0, ieq" },
	{ "320dc60200000100", "ballot   r3, ^r3, 0, ieq" },
	{ "325962a226100100", "ballot   r54, r17, r21, ieq" },
	{ "6f0241104000", "shuffle  r0h, r0h, 1, quad, xor" },
	{ "6f104c100400", "shuffle  r4l, r6l, r0h, quad" },
	{ "6f1a4c300000", "shuffle  r6h, r6l, 3, quad" },
	{ "6f194c160400", "shuffle  r6, r6, r0h" },
	{ "ef1584862800", "shuffle  $r5, $r2, $r4" },
	{ "6f8444600000", "simd     r1l, r2l, prefix, and" },
	{ "6f8444604000", "simd     r1l, r2l, prefix, or" },
	{ "6f8444608000", "simd     r1l, r2l, prefix, xor" },
	{ "6f8444608080", "simd     r1l, r2l, prefix, smin" },
	{ "6f8a4460c080", "simd     r2h, r2l, prefix, smax" },
	{ "6f9d4c620080", "simd     r7, r6, prefix, iadd" },
	{ "6f8444704000", "simd     r1l, r2l, prefix, fmul" },
	{ "ef8d84220080", "simd     $r3, $r2, iadd" },
	{ "522c84822400", "while    $r2, r4, 1, ult" },
	{ "520c44421800", "while    r2, u2, 1, ieq" },
	{ "520841000000", "if       r0h, 0, 1, ieq" },
	{ "520912010000", "if       u9l, 0, 1, ine" },
	{ "d28884020000", "if       $r2, 0, 1, cache, seq" },
	{ "520e00000000", "pop_exec 1" },
	{ "d21600000000", "pop_exec 2, cache" },
	{ "420a00000000", "else     0.0, 0.0, 1, feq" },
	{ "421000000000", "if       0.0, 0.0, 2, feq" },
	{ "42096026e600", "if       r16.abs, r17.abs.neg, 1, fneq" },
	{ "422844801100", "if       r2l, u12l, 1, flt" },
	{ "420000000000", "update_exec" },
	{ "00c0aaffffff", "jmp_any  -86" },
	{ "20c020010000", "jmp_none 288" },
	{ "0501d00d03c43200", "load     r0_r1, du0, 61, lsl 1, i32, xy, a" },
	{ "0501500d00c87200", "load     r0_r1_r2, du0, 5, lsl 2, i32, xyz, a" },
	{ "0521840c00c01200", "load     r4, du2, r4.sx, i32, x, a" },
	{ "0511080d00f01200", "load     r2, du4, 0, i32, x, coherent, a" },
	{ "0508040e00c01000", "load     r1l, du2, r0, i8, x, a" },
	{ "8504280e00c01000", "load     r0h, du4, r1, i16, x, a" },
	{ "0521040500c01200", "load     r4, dr2, 0, i32, x, a" },
	{ "05116e0621c01200", "load     r2, dr23, r11, i32, x, a" },
	{ "0541f00f0fc8f20f", "load     r8_r9_r10_r11, du0, 4095, lsl 2, i32, xyzw, a" },
	{ "8505040e00c01000", "load     r0h, du2, r0, f16, x, a" },
	{ "05622c0e00c0f300", "load     r12_r13_r14_r15, du6, r1, rg11b10f, xyzw, a" },
	{ "85622c0e00c07300", "load     r12_r13_r14, du6, r1, rgb9e5, xyz, a" },
	{ "4511004500c01200", "store    r2, dr0, 0, i32, x, b" },
	{ "4509180d00f01200", "store    r1, du4, 1, i32, x, coherent, a" },
	{ "4508004e00c01000", "store    r1l, du0, r0, i8, x, b" },
	{ "c500440e00c43000", "store    r0l_r0h, du2, r2, lsl 1, i16, xy, a" },
	{ "4521000e00c8f200", "store    r4_r5_r6_r7, du0, r0, lsl 2, i32, xyzw, a" },
	{ "1500048d20501400", "atomic   _, r10, du18, 0, add, coherent1, a" },
	{ "1500248c90500600", "atomic   _, r3, du74, r1.sx, add, coherent1, a" },
	{ "1500848f0e500803", "atomic   _, r4, du2, 1000, add, coherent1, a" },
	{ "9501948f0e500603", "atomic   _, r3, du2, 1001, umax, coherent1, a" },
	{ "1520048d20d00200", "atomic   r4, r1, du18, 0, add, coherent1, a" },
	{ "5501248c10500600", "atomic   _, r3, du10, r1.sx, imin, coherent1, a" },
	{ "550aa48c10d00800", "atomic   r1, r4, du10, r5.sx, or, coherent1, a" },
	{ "950aa48c10d00800", "atomic   r1, r4, du10, r5.sx, xor, coherent1, a" },
	{ "d500688c10500c00", "atomic   _, r6_r7, du12, r3.sx, cmpxchg, coherent1, a" },
	{ "d508288c10d01000", "atomic   r1, r8_r9, du12, r1.sx, cmpxchg, coherent1, a" },
	{ "19800400148000000600", "latomic  _, r3, r2l, 0, add" },
	{ "19918002548000000800", "latomic  r4, r4, 0, xchg" },
	{ "1991800a548000000800", "latomic  r4, r4, 0, xor" },
	{ "19998003548000000c00", "latomic  r6, r6_r7, 0, cmpxchg" },
	{ "b500c10520800002", "stack_adjust 524" },
	{ "b50081052f8000ff", "stack_adjust -8" },
	{ "b512600400c01200", "stack_store r2, r3.sx, i32, x, a" },
	{ "b521800500c01000", "stack_store r4l, 8, i16, x, a" },
	{ "b522404500c01200", "stack_store r4, 4, i32, x, b" },
	{ "b5d1000500c03000", "stack_store r26l_r26h, 0, i16, xy, a" },
	{ "351a600400c01200", "stack_load r3, r3.sx, i32, x, a" },
	{ "3532800502c01200", "stack_load r6, 40, i32, x, a" },
	{ "35c9400500c03000", "stack_load r25l_r25h, 4, i16, xy, a" },
	{ "298d020214000000", "lstore   r3, r1l, 0, i32, x" },
	{ "2981800214000000", "lstore   r0, 0, i32, x" },
	{ "29914b02f4000000", "lstore   r4_r5_r6_r7, u5h, 0, i32, xyzw" },
	{ "6981000214000000", "lload    r0, r0l, 0, i32, x" },
	{ "c500403d0080f000", "mov      du2, dr0" },
	{ "c500803d00803000", "mov      u4, r0" },
	{ "c508203d01801000", "mov      u9l, r1l" },
	{ "c520a03d02807000", "mov      u21l_u21h_u22l, r4l_r4h_r5l" },
	{ "c528903d02803000", "mov      u20h_u21l, r5" },
	{ "ed0010000000000c", "load     ts0, du2, 0, a" },
	{ "ad01116001000024", "load     ss1, du8, 88, b" },
	{ "ed00100800000000", "load     ts0, du0, r1, a" },
	{ "ed7f10fc0300000c", "load     ts127, du2, 255, a" },
	{ "ed001000000000fc", "load     ts0, du62, 0, a" },
	{ "ed0010000400000c", "load     ts0, du2, 256, a" },
	{ "7131180000600f00", "smpi     r12_r13_r14_r15, ts0, ss0, r12, 0, 1d, xyzw, auto_lod, a" },
	{ "7131180000620f00", "smpi     r12_r13_r14_r15, ts0, ss0, r12, 0, 2d, xyzw, auto_lod, a" },
	{ "7131180000650f00", "smpi     r12_r13_r14_r15, ts0, ss0, r12, 0, 3d, xyzw, auto_lod, a" },
	{ "710a180000620500", "smpi     r2h_r3l, ts0, ss0, r12, 0, 2d, xz, auto_lod, a" },
	{ "7131180045620f00", "smpi     r12_r13_r14_r15, r2h, ss0, r12, 0, 2d, xyzw, auto_lod, a" },
	{ "7131180000620f47", "smpi     r12_r13_r14_r15, ts0, r3h, r12, 0, 2d, xyzw, auto_lod, a" },
	{ "7131180000620900", "smpi     r12_r13, ts0, ss0, r12, 0, 2d, xw, auto_lod, a" },
	{ "3111480800622f01",
	  "smpf     r4_r5_r6_r7, ts0, ss1, ^r4, u4l, 2d, xyzw, lod_min, a" },
	{ "3191080000620f0100008000",
	  "smpf     r4_r5_r6_r7, ts0, ss1, r4, 0, 2d, xyzw, auto_lod, gather_r, a" },
	{ "3191080001620f0200008002",
	  "smpf     r4_r5_r6_r7, ts1, ss2, r4, 0, 2d, xyzw, auto_lod, gather_b, a" },
	{ "71311834006b2f00",
	  "smpi     r12_r13_r14_r15, ts0, ss0, r12, u26l, rw, 2d_array, xyzw, lod_min, a" },
	{ "7131180000640f00",
	  "smpi     r12_r13_r14_r15, ts0, ss0, r12, 0, 2d_ms, xyzw, auto_lod, a" },
	{ "71b1180000680f0080000000",
	  "smpi     r12_r13_r14_r15, ts0, ss0, r12, 0, rw, 2d_ms_array, xyzw, auto_lod, a" },
	{ "f1118480014a", "imgw     r4_r5_r6_r7, ts1, r2, 0, 2d" },
	{ "f1918480ca4a0100", "imgw     r4_r5_r6_r7, du2, r5, r2, 0, 2d" },
	{ "f10a8480014a", "imgw     r2h_r3l_r3h_r4l, ts1, r2, 0, 2d" },
	{ "f1118405014a", "imgw     r4_r5_r6_r7, ts1, r2, r2h, 2d" },
	{ "f1118483014a", "imgw     r4_r5_r6_r7, ts1, r2, 3, 2d" },
	{ "f111c480014b", "imgw     r4_r5_r6_r7, ts1, ^r2, 0, 2d_array" },
	{ "f1118480014c", "imgw     r4_r5_r6_r7, ts1, r2, 0, 2d_ms" },
	{ "f1118480015a", "imgw     r4_r5_r6_r7, ts1, r2, 0, 2d, coherent1" },
	{ "f1918480014a2000", "imgw     r4_r5_r6_r7, ts1, r2, 0, 2d, rtz" },
	{ "f1118480444a", "imgw     r4_r5_r6_r7, r2l, r2, 0, 2d" },
	{ "f1118480017a", "imgw     r4_r5_r6_r7, ts1, r2, 0, 2d, coherent" },
	{ "f1918480064a0040", "imgw     r4_r5_r6_r7, ts70, r2, 0, 2d" },
	{ "b1889080014a00000900", "imgwblk  r2l, ts1, r8, 0, explicit_coords, 2d, i32" },
	{ "b1889080ca4a02000900", "imgwblk  r2l, du4, r5, r8, 0, explicit_coords, 2d, i32" },
	{ "b1889005014a00000900", "imgwblk  r2l, ts1, r8, r2h, explicit_coords, 2d, i32" },
	{ "b189d080014b00000800", "imgwblk  r2l, ts1, ^r8, 0, explicit_coords, 2d_array, i16" },
	{ "b1889080014a20000900", "imgwblk  r2l, ts1, r8, 0, explicit_coords, 2d, i32, rtz" },
	{ "09210602f8048000", "st_tile  r8_r9_r10_r11, r3l_r3h, 1, 0, explicit_coords, i32, xyzw" },
	{ "09210682f8048000", "st_tile  r8_r9_r10_r11, r3l_r3h, 1, 8, explicit_coords, i32, xyzw" },
	{ "0920060438048000", "st_tile  r8l_r8h, r3l_r3h, 1, 0, explicit_coords, u8norm, xy" },
	{ "3800", "wait     a" },
	{ "3801", "wait     b" },
	{ "6800", "barrier" },
	{ "f596", "memory_barrier" },
	{ "f59a", "memory_barrier_2" },
	{ "f599", "memory_barrier_3" },
	{ "f59d", "device_barrier_1" },
	{ "f59e", "device_barrier_2" },
	{ "f5aa", "image_barrier_1" },
	{ "f5ae", "image_barrier_2" },
	{ "f5a9", "image_barrier_3" },
	{ "f5ad", "image_barrier_4" },
	{ "f533", "unknown_barrier_1" },
	{ "f503", "unknown_barrier_2" },
	{ "f540", "flush_memory_to_texture" },
	{ "8800", "stop" },
	{ "0800", "trap" },
	{ "2820", "doorbell 32" },
	{ "20000600", "jmp_if_skipping_doorbell 6" },
	{ "7558310500c01000", "map      r11, 0, 3" },
	{ "7530200500c01000", "unmap    r6, 0, 2" },
};

/* Next to ones that have a form of their own. */
static const struct sample near_forms[] = {
	{ "c20000000000", "update_exec cache" },
	{ "420000080000", "if       0.0.neg, 0.0, 0, feq" },
	{ "7e1180098000", "mov      r4, u0" },
	{ "7e11402aa400", "mov      r4, r0, r1" },
	{ "2e01101000400200", "bfi      r0, 16, 1, r0, 0" },
	{ "0e00001040010000", "iadd     r0l, 0, 65.sx" },
	{ "1e1d42b600000400", "imadd    r7, r1.sx, 11, 0.sx" },
	{ "3219010000800000", "ballot   r6, 1, 0, quad, ine" },
	{ "3219020000800100", "ballot   r6, 2, 0, ine" },
	{ "6f8444400000", "quad     r1l, r2l, prefix, and" },
	{ "0501840c00c00200", "load     r0, du2, r4.sx, i32, none, a" },
};

static u32 parse(const char *hex, u8 *bytes)
{
	u32 len = 0;
	unsigned int byte;

	memset(bytes, 0, AGX_ISA_MAX_LEN);
	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
		bytes[len++] = (u8)byte;
	return len;
}

static void test_samples(void **state)
{
	char text[AGX_ISA_MAX_TEXT];
	struct agx_isa_insn insn;
	u8 bytes[AGX_ISA_MAX_LEN];
	size_t written;
	u32 len;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(near_forms); i++) {
		parse(near_forms[i].hex, bytes);
		assert_true(agx_isa_decode(bytes, &insn));
		agx_isa_format(&insn, text, sizeof(text));
		assert_string_equal(text, near_forms[i].text);
	}

	for (i = 0; i < ARRAY_SIZE(samples); i++) {
		len = parse(samples[i].hex, bytes);
		if (!agx_isa_decode(bytes, &insn))
			fail_msg("%s: undefined, expected %s", samples[i].hex, samples[i].text);
		assert_int_equal(insn.len, len);
		assert_memory_equal(insn.bytes, bytes, len);
		written = agx_isa_format(&insn, text, sizeof(text));
		assert_string_equal(text, samples[i].text);
		assert_int_equal(written, strlen(text));

		/* What follows is another instruction's. */
		memset(bytes + len, 0xff, sizeof(bytes) - len);
		assert_true(agx_isa_decode(bytes, &insn));
		assert_int_equal(insn.len, len);
	}
}

static bool same_operand(const struct agx_isa_operand *a, const struct agx_isa_operand *b)
{
	return a->file == b->file && a->halves == b->halves && a->count == b->count &&
	       a->flags == b->flags && a->hint == b->hint && a->value == b->value;
}

static bool same_insn(const struct agx_isa_insn *a, const struct agx_isa_insn *b)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(a->src); i++) {
		if (!same_operand(&a->src[i], &b->src[i]))
			return false;
	}
	return same_operand(&a->dst, &b->dst) && a->desc == b->desc && a->len == b->len &&
	       a->cond == b->cond && a->nest == b->nest && a->shift == b->shift &&
	       a->truth == b->truth && a->bits == b->bits && a->format == b->format &&
	       a->mask == b->mask && a->coherency == b->coherency && a->slot == b->slot &&
	       a->saturate == b->saturate && a->negate == b->negate && a->cache == b->cache &&
	       a->imm == b->imm && a->function == b->function && a->quad == b->quad &&
	       a->rotate == b->rotate && a->prefix == b->prefix && a->round == b->round &&
	       a->dim == b->dim && a->written == b->written;
}

/* No bit of an instruction is passed over: another bit is another instruction, or none. */
static void test_every_bit_counts(void **state)
{
	struct agx_isa_insn changed;
	struct agx_isa_insn insn;
	u8 bytes[AGX_ISA_MAX_LEN];
	u32 bit;
	u32 len;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(samples); i++) {
		len = parse(samples[i].hex, bytes);
		assert_true(agx_isa_decode(bytes, &insn));
		for (bit = 0; bit < 8 * len; bit++) {
			bytes[bit / 8] ^= (u8)(1 << bit % 8);
			if (agx_isa_decode(bytes, &changed) && same_insn(&insn, &changed))
				fail_msg("%s: bit %u is ignored", samples[i].hex, bit);
			bytes[bit / 8] ^= (u8)(1 << bit % 8);
		}
	}
}

/* Encodings that are next to valid ones and that nothing is known of. */
static void test_undefined(void **state)
{
	static const struct sample undefined[] = {
		{ "ffffffffffff", "all ones" },
		{ "000000000000", "all zeros" },
		{ "620381000000", "32-bit destination in an odd half" },
		{ "7e0141028000", "32-bit source in an odd half" },
		{ "7e0100028000", "32-bit register source without a hint" },
		{ "7e0140038000", "64-bit source of a 32-bit operation" },
		{ "72010b00", "special register 11" },
		{ "72013604", "special register 118" },
		{ "3e29540e1000", "bit function with a second source" },
		{ "128c4a3200468064", "comparison 3" },
		{ "3219420000000300", "ballot with a bit between" },
		{ "3219420000000160", "ballot with comparison 3" },
		{ "6f0241104080", "shuffle that rotates and is no shift" },
		{ "6f844460c000", "reduction 6" },
		{ "6f84446080c0", "reduction with a bit behind" },
		{ "526884822400", "mask operation with comparison 3" },
		{ "428844801100", "float comparison 4" },
		{ "520e00000100", "pop with an operand" },
		{ "3e8d0a482400", "conversion with rounding 2" },
		{ "3e8d0c442400", "conversion 12" },
		{ "3e8d0a44a400", "conversion with a bit set behind its source" },
		{ "0a0d46b0", "float function 11" },
		{ "0a8d46020400", "float function with a bit set behind its number" },
		{ "02194ce2244ce084", "float selection with comparison 4" },
		{ "268540000300", "half arithmetic with a 32-bit destination" },
		{ "168040001900", "half arithmetic with a 32-bit uniform" },
		{ "2a85410a0002", "32-bit float in an odd half" },
		{ "2a9d4a0b0002", "64-bit float" },
		{ "00c001000000", "jump to an odd offset" },
		{ "0501d00d03c43000", "32-bit format in 16-bit registers" },
		{ "8500d00d03c43100", "format 9" },
		{ "8501d00d03c43100", "format 11" },
		{ "0505040e00c11000", "packed format with a mask" },
		{ "05622c0e00c0b300", "packed format with a gap" },
		{ "0501d10d03c43200", "base in an odd half" },
		{ "0501100c00c01200", "index in an odd half" },
		{ "0501000c01c01201", "index behind the registers" },
		{ "05fd040d00c3f200", "data behind the registers" },
		{ "c500003d2080f000", "uniform behind the file" },
		{ "c500003d0080d000", "uniform store with a gap" },
		{ "c500003d00800000", "uniform store of nothing" },
		{ "1520048d20500200", "atomic without a result, but with a register for it" },
		{ "d502048d20d00200", "atomic operation 11" },
		{ "1528048d20d00300", "atomic data in an odd half" },
		{ "d508288c10d0fe00", "atomic data behind the registers" },
		{ "19908002548000000800", "threadgroup atomic with a 16-bit result" },
		{ "191080025480", "threadgroup atomic without data" },
		{ "0e00000080002000", "addition with a shift by 5" },
		{ "168000106300", "half arithmetic with an immediate that has a sign" },
		{ "b500c00420800002", "stack adjusted by a register" },
		{ "3532800502c41200", "stack load with a shift" },
		{ "3532800502d01200", "stack load with a coherency" },
		{ "3532800502c01000", "32-bit value of the stack in a 16-bit register" },
		{ "298d021214000000", "threadgroup memory with an index" },
		{ "298d020210000000", "threadgroup memory with a register index" },
		{ "7131180000660f00", "cube" },
		{ "71b1180000610f0080000000", "dimension 9" },
		{ "7558220500c01000", "what is neither a map nor the opposite" },
		{ "7558310500401000", "map of no register" },
		{ "755c310500c01000", "map of an odd half" },
		{ "20000601", "long jump over a doorbell" },
		{ "7131050000e20f00", "coordinates of 16 bits" },
		{ "71b1180000620f0020000000", "read that ends helpers" },
		{ "71b1180000620f0040000000", "read that says what is resident" },
		{ "71b1180080620f0001000000", "heap without an offset" },
		{ "7131180100620f00", "level that is an immediate" },
		{ "7131180200621f00", "bias of a level" },
		{ "71b13c0000650f00000c0000", "coordinates behind the registers" },
		{ "7131050000620f00", "coordinates in an odd half" },
		{ "71f5180000620f0000030000", "texel behind the registers" },
		{ "3191080000620f0100000001", "component 2 of four texels" },
		{ "3191080000650f0100008000", "four texels in three dimensions" },
		{ "31910880006a4f0100000000", "derivatives" },
		{ "ed00100c00000000", "texture state at an offset in an odd half" },
		{ "ed0010010000000c", "texture state with a bit below its offset" },
		{ "ed0010000004000c", "texture state at an offset of 65536" },
		{ "f1118480014e", "write to a cube" },
		{ "f1918480014a8000", "write of dimension 10" },
		{ "f111858001ca", "write at coordinates of 16 bits" },
		{ "f1f58480014a0003", "write of what is behind the registers" },
		{ "b1881080014a00000900", "block of a fragment" },
		{ "b1899080014a00000c00", "block of format 9" },
		{ "b1889080014e00000900", "block of a cube" },
		{ "b1889080014a00000100", "block without a bit that is always set" },
		{ "09210002f0040000", "pixel of a fragment" },
		{ "09210002f8040000", "pixel at an immediate" },
		{ "0921060bf8048000", "pixel of format 11" },
		{ "09200602f8048000", "32-bit pixel of 16-bit registers" },
		{ "3802", "wait for a third slot" },
		{ "6801", "barrier with a bit" },
		{ "f500", "memory barrier 0" },
		{ "8801", "stop with a bit" },
		{ "0801", "trap with a bit" },
	};
	struct agx_isa_insn insn;
	u8 bytes[AGX_ISA_MAX_LEN];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(undefined); i++) {
		parse(undefined[i].hex, bytes);
		if (agx_isa_decode(bytes, &insn))
			fail_msg("%s: %s", undefined[i].hex, undefined[i].text);
	}
}

/* The parts of the fields lie inside the instruction, and no two share a bit. */
static void test_table(void **state)
{
	const struct agx_isa_desc *desc;
	const struct agx_isa_field *field;
	u32 bit;
	u32 i;
	u32 k;

	for (desc = agx_isa_table; desc < agx_isa_table + agx_isa_table_size; desc++) {
		u8 used[8 * AGX_ISA_MAX_LEN] = { 0 };

		assert_int_equal(desc->match & ~desc->mask, 0);
		assert_true(desc->len % 2 == 0 && desc->len <= AGX_ISA_MAX_LEN);
		assert_true(desc->short_len < desc->len);
		for (bit = 0; bit < 64; bit++)
			used[bit] = desc->mask >> bit & 1;
		for (bit = 64; bit < 8 * AGX_ISA_MAX_LEN; bit++)
			used[bit] = desc->set >> (bit - 64) & 1;
		if (desc->short_len) {
			assert_int_equal(used[desc->len_bit], 0);
			assert_true(desc->len_bit < 8 * desc->short_len);
			used[desc->len_bit] = 1;
		}

		for (i = 0; i < AGX_ISA_MAX_FIELDS; i++) {
			field = &desc->field[i];
			if (field->role == AGX_ISA_ROLE_END)
				break;
			for (k = 0; k < AGX_ISA_MAX_PARTS; k++) {
				u32 pos = field->part[k].pos;
				u32 end = pos + field->part[k].width;

				assert_true(end <= 8 * desc->len);
				assert_true(pos >= 64 || end <= 64);
				for (bit = pos; bit < end; bit++) {
					/* Sizes and masks are shared between operands. */
					if (used[bit] == 1 && field->kind == AGX_ISA_KIND_PLAIN)
						fail_msg("%s: bit %u", desc->name, bit);
					used[bit] = 2;
				}
			}
		}
		assert_true(i < AGX_ISA_MAX_FIELDS);
	}
}

static bool has_field(const struct agx_isa_desc *desc, u32 role)
{
	u32 i;

	for (i = 0; i < AGX_ISA_MAX_FIELDS && desc->field[i].role != AGX_ISA_ROLE_END; i++) {
		if (desc->field[i].role == role)
			return true;
	}
	return false;
}

/* What a form fixes is there in each instruction that it is for. */
static void test_forms(void **state)
{
	const struct agx_isa_fixed *fixed;
	const struct agx_isa_form *form;
	u32 count;
	u32 i;

	for (form = agx_isa_forms; form < agx_isa_forms + agx_isa_forms_size; form++) {
		count = 0;
		for (i = 0; i < agx_isa_table_size; i++) {
			if (agx_isa_table[i].op != form->op)
				continue;
			count++;
			for (fixed = form->fixed; fixed->role != AGX_ISA_ROLE_END; fixed++) {
				assert_true(fixed < form->fixed + AGX_ISA_MAX_FIXED - 1);
				if (!has_field(&agx_isa_table[i], fixed->role))
					fail_msg("%s: fixes what %s has not", form->name,
						 agx_isa_table[i].name);
			}
		}
		assert_true(count);
	}
}

/* The test's assembler, which was written without the table, agrees with it. */
static void test_assembler(void **state)
{
	const struct asm_memory coherent = {
		.format = 2, .mask = 1, .coherency = 3,
	};
	struct code code = { .len = 0 };
	u8 bytes[AGX_ISA_MAX_LEN];

	asm_ldimm32(&code, 0, 0xdeadbeef);
	parse("6201efbeadde", bytes);
	assert_memory_equal(code.bytes, bytes, 6);

	code.len = 0;
	asm_load(&code, &coherent, r32(2), u32_(4), imm(0));
	parse("0511080d00f01200", bytes);
	assert_memory_equal(code.bytes, bytes, 8);

	code.len = 0;
	asm_iadd(&code, NULL, r32(0), sx(r32(0)), sx(u32_(4)));
	parse("0e01408658000000", bytes);
	assert_memory_equal(code.bytes, bytes, 8);

	code.len = 0;
	asm_select(&code, 0, r32(3), r32(5), imm(3), r32(3), r32(4));
	parse("120d4a3200468004", bytes);
	assert_memory_equal(code.bytes, bytes, 8);

	code.len = 0;
	asm_icmp(&code, ASM_WHILE, 0, 1, r32(2), u32_(2));
	parse("520c44421800", bytes);
	assert_memory_equal(code.bytes, bytes, 6);
}

/* A buffer that is too small gets as much as it can hold. */
static void test_truncation(void **state)
{
	struct agx_isa_insn insn;
	char text[AGX_ISA_MAX_TEXT];
	u8 bytes[AGX_ISA_MAX_LEN];
	u32 size;

	parse("0501500d00c87200", bytes);
	assert_true(agx_isa_decode(bytes, &insn));
	for (size = 0; size < 40; size++) {
		memset(text, '#', sizeof(text));
		agx_isa_format(&insn, text, size);
		assert_int_equal(text[size], '#');
		if (size)
			assert_int_equal(text[size - 1], '\0');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_every_bit_counts),
		cmocka_unit_test(test_undefined),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_assembler),
		cmocka_unit_test(test_truncation),
	};

	return cmocka_run_group_tests_name("engine-isa", tests, NULL, NULL);
}
