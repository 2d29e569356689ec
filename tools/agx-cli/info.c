// SPDX-License-Identifier: MIT
/*
 * agx-cli info: the constants of a GPU.
 */
#include <inttypes.h>
#include <stdint.h>
#include <string.h>

#include <json.h>

#include <asahi_drm.h>
#include <drm_agx.h>

#include "cli.h"

/* Grows with the meaning of keys, not with keys being added. */
#define INFO_SCHEMA 1

#define INFO_MAX_LIST DRM_ASAHI_MAX_CLUSTERS

/* One constant, in a form that both outputs are made from. */
struct info_field {
	const char *key;

	/* What the text output calls it, and how it puts the value. */
	const char *label;
	char text[128];

	enum {
		INFO_NUMBER,
		INFO_STRING,
		INFO_NUMBERS,
		INFO_STRINGS,
	} type;

	uint64_t number;
	const char *string;
	unsigned int count;
	uint64_t numbers[INFO_MAX_LIST];
	const char *strings[INFO_MAX_LIST];
};

struct info {
	unsigned int count;
	struct info_field fields[32];
};

static struct info_field *add_field(struct info *info, const char *key, const char *label)
{
	struct info_field *field = &info->fields[info->count++];

	memset(field, 0, sizeof(*field));
	field->key = key;
	field->label = label;
	return field;
}

static void add_string(struct info *info, const char *key, const char *label, const char *value)
{
	struct info_field *field = add_field(info, key, label);

	field->type = INFO_STRING;
	field->string = value;
	snprintf(field->text, sizeof(field->text), "%s", value);
}

/* The text is the number itself unless the caller puts another in. */
static struct info_field *add_number(struct info *info, const char *key, const char *label,
				     uint64_t value)
{
	struct info_field *field = add_field(info, key, label);

	field->type = INFO_NUMBER;
	field->number = value;
	snprintf(field->text, sizeof(field->text), "%" PRIu64, value);
	return field;
}

static void add_address(struct info *info, const char *key, const char *label, uint64_t value)
{
	struct info_field *field = add_number(info, key, label, value);

	snprintf(field->text, sizeof(field->text), "%#" PRIx64, value);
}

static void add_features(struct info *info, uint64_t features)
{
	static const struct {
		uint64_t bit;
		const char *name;
	} names[] = {
		{ DRM_ASAHI_FEATURE_SOFT_FAULTS, "soft-faults" },
	};
	struct info_field *field = add_number(info, "features", "features", features);
	struct info_field *list = add_field(info, "feature_names", "feature names");
	uint64_t unknown = features;
	size_t used = 0;
	unsigned int i;

	snprintf(field->text, sizeof(field->text), "%#" PRIx64, features);
	list->type = INFO_STRINGS;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!(features & names[i].bit))
			continue;
		unknown &= ~names[i].bit;
		list->strings[list->count++] = names[i].name;
		used += snprintf(list->text + used, sizeof(list->text) - used, "%s%s",
				 used ? ", " : "", names[i].name);
	}
	if (unknown)
		used += snprintf(list->text + used, sizeof(list->text) - used,
				 "%sunknown %#" PRIx64, used ? ", " : "", unknown);
	if (!used)
		snprintf(list->text, sizeof(list->text), "none");
}

static void add_gpu(struct info *info, const struct drm_asahi_params_global *params)
{
	uint32_t variant = params->gpu_variant;
	uint32_t revision = params->gpu_revision;
	struct info_field *field;

	add_number(info, "gpu_generation", "generation", params->gpu_generation);
	field = add_number(info, "gpu_variant", "variant", variant);
	if (variant > ' ' && variant < 0x7f)
		snprintf(field->text, sizeof(field->text), "%c", (char)variant);
	field = add_number(info, "gpu_revision", "revision", revision);
	snprintf(field->text, sizeof(field->text), "%X", revision + 0xa0);
	field = add_number(info, "chip_id", "chip", params->chip_id);
	snprintf(field->text, sizeof(field->text), "T%x", params->chip_id);
}

static void add_cores(struct info *info, const struct drm_agx_device *dev,
		      const struct drm_asahi_params_global *params)
{
	unsigned int clusters = params->num_clusters_total;
	struct info_field *field;
	size_t used = 0;
	unsigned int i;

	add_number(info, "num_dies", "dies", params->num_dies);
	add_number(info, "num_clusters_total", "clusters", clusters);
	add_number(info, "num_cores_per_cluster", "cores per cluster",
		   params->num_cores_per_cluster);
	add_number(info, "num_cores", "cores present", drm_agx_device_num_cores(dev));

	/* As many as there are clusters; a kernel that says more of them has no masks for those. */
	field = add_field(info, "core_masks", "core masks");
	field->type = INFO_NUMBERS;
	field->count = clusters < INFO_MAX_LIST ? clusters : INFO_MAX_LIST;
	for (i = 0; i < field->count; i++) {
		field->numbers[i] = params->core_masks[i];
		if (used < sizeof(field->text))
			used += snprintf(field->text + used, sizeof(field->text) - used,
					 "%s%#" PRIx64, i ? " " : "", field->numbers[i]);
	}
}

static void add_limits(struct info *info, const struct drm_asahi_params_global *params)
{
	struct info_field *field;

	field = add_number(info, "max_frequency_khz", "highest clock", params->max_frequency_khz);
	snprintf(field->text, sizeof(field->text), "%u.%03u MHz", params->max_frequency_khz / 1000,
		 params->max_frequency_khz % 1000);
	add_address(info, "vm_start", "first address", params->vm_start);
	add_address(info, "vm_end", "end of addresses", params->vm_end);
	field = add_number(info, "vm_kernel_min_size", "kernel's addresses",
			   params->vm_kernel_min_size);
	snprintf(field->text, sizeof(field->text), "at least %" PRIu64 " MiB",
		 (uint64_t)params->vm_kernel_min_size >> 20);
	add_number(info, "max_commands_per_submission", "commands per submit",
		   params->max_commands_per_submission);
	add_number(info, "max_attachments", "attachments", params->max_attachments);
	field = add_number(info, "command_timestamp_frequency_hz", "timestamp rate",
			   params->command_timestamp_frequency_hz);
	snprintf(field->text, sizeof(field->text), "%" PRIu64 " Hz",
		 (uint64_t)params->command_timestamp_frequency_hz);
}

static struct json_object *field_to_json(const struct info_field *field)
{
	struct json_object *list;
	unsigned int i;

	switch (field->type) {
	case INFO_NUMBER:
		return json_object_new_uint64(field->number);
	case INFO_STRING:
		return json_object_new_string(field->string);
	default:
		break;
	}

	list = json_object_new_array();
	for (i = 0; i < field->count; i++)
		json_object_array_add(list, field->type == INFO_NUMBERS ?
				      json_object_new_uint64(field->numbers[i]) :
				      json_object_new_string(field->strings[i]));
	return list;
}

static void print_json(const struct info *info)
{
	struct json_object *root = json_object_new_object();
	unsigned int i;

	json_object_object_add(root, "schema", json_object_new_int(INFO_SCHEMA));
	for (i = 0; i < info->count; i++)
		json_object_object_add(root, info->fields[i].key, field_to_json(&info->fields[i]));
	puts(json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY |
					    JSON_C_TO_STRING_SPACED |
					    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(root);
}

static void print_text(const struct info *info)
{
	unsigned int i;

	for (i = 0; i < info->count; i++)
		printf("%-20s %s\n", info->fields[i].label, info->fields[i].text);
}

static enum cli_exit print_info(struct drm_agx_device *dev, bool json)
{
	struct drm_asahi_params_global params;
	struct info info = { 0 };
	char path[96];
	uint64_t ns;
	int ret;

	ret = drm_agx_get_params(drm_agx_device_fd(dev), 0, &params, sizeof(params));
	if (ret)
		return cli_failure(ret, "cannot read the GPU's constants (GET_PARAMS)");

	ret = drm_agx_device_get_time(dev, &ns);
	if (ret)
		return cli_failure(ret, "cannot read the GPU's clock (GET_TIME)");

	add_string(&info, "name", "name", drm_agx_device_name(dev));
	add_string(&info, "path", "node", cli_device_path(dev, path, sizeof(path)));
	add_gpu(&info, &params);
	add_cores(&info, dev, &params);
	add_features(&info, params.features);
	add_limits(&info, &params);
	snprintf(add_number(&info, "time_ns", "clock", ns)->text, sizeof(info.fields[0].text),
		 "%" PRIu64 ".%09" PRIu64 " s", ns / 1000000000, ns % 1000000000);

	if (json)
		print_json(&info);
	else
		print_text(&info);
	return CLI_EXIT_OK;
}

static enum cli_exit run_info(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		CLI_OPTION_DEVICE,
		CLI_OPTION_HELP,
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	struct drm_agx_device *dev;
	enum cli_exit status;
	bool json = false;
	int option;

	while ((option = getopt_long(argc, argv, CLI_OPTIONS_SHORT "j", options, NULL)) != -1) {
		if (option == 'j')
			json = true;
		else if (!cli_option(cli, option, argv, &status))
			return status;
	}
	if (!cli_no_arguments(cli, argc, argv))
		return CLI_EXIT_USAGE;

	status = cli_open(cli, &dev);
	if (status)
		return status;

	status = print_info(dev, json);
	drm_agx_device_unref(dev);
	return status;
}

const struct cli_verb cli_verb_info = {
	.name = "info",
	.summary = "print the constants of a GPU",
	.options = "  --json         as a JSON object\n",
	.run = run_info,
};
