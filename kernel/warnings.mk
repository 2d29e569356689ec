# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# The warnings that drivers/gpu/drm is built with, for both modules; AGX_WERROR=1 makes them
# errors.

agx-warnings := \
	-Wextra \
	-Wunused \
	-Wno-unused-parameter \
	-Wmissing-format-attribute \
	-Wold-style-definition \
	-Wmissing-include-dirs \
	$(call cc-option,-Wrestrict) \
	$(call cc-option,-Wunused-but-set-variable) \
	$(call cc-option,-Wunused-const-variable) \
	$(call cc-option,-Wpacked-not-aligned) \
	$(call cc-option,-Wformat-overflow) \
	$(call cc-option,-Wstringop-truncation) \
	-Wno-missing-field-initializers \
	-Wno-shift-negative-value \
	-Wno-sign-compare

ccflags-y += $(agx-warnings) $(if $(filter 1,$(AGX_WERROR)),-Werror)
