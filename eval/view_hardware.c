/*
 * hardware/: the host's hardware profile, one value per file.
 *
 * There is no standard place for one. Looked for, in this order: the module
 * arguments that profiles are handed over in (specialArgs, then _module.args),
 * hardwareProfiles.<host> of the flake, and the option hardware.profile. A host
 * without any shows what its configuration says of the machine.
 */
#include <errno.h>
#include <string.h>

#include "eval/render.h"
#include "eval/view.h"

static const char *const argument_names[] = {
	"hardwareProfile",  "hardware-profile", "currentHardwareProfile",
	"hardware_profile", "hostHardware",	"hardware",
};

/* What a configuration without a profile says of its machine. */
static const char derived[] =
	"config: let\n"
	"  kernel = config.boot or { };\n"
	"  initrd = kernel.initrd or { };\n"
	"  cpu = config.hardware.cpu or { };\n"
	"in {\n"
	"  cpu.vendor =\n"
	"    if cpu.intel.updateMicrocode or false then \"intel\"\n"
	"    else if cpu.amd.updateMicrocode or false then \"amd\"\n"
	"    else null;\n"
	"  platform = config.nixpkgs.hostPlatform.system\n"
	"    or config.nixpkgs.localSystem.system or config.nixpkgs.system\n"
	"    or null;\n"
	"  kernelModules = kernel.kernelModules or [ ];\n"
	"  kernelParams = kernel.kernelParams or [ ];\n"
	"  initrd.availableKernelModules =\n"
	"    initrd.availableKernelModules or [ ];\n"
	"  fileSystems = builtins.mapAttrs\n"
	"    (name: fs: { inherit (fs) device fsType options; })\n"
	"    (config.fileSystems or { });\n"
	"  swapDevices = map (swap: swap.device) (config.swapDevices or [ ]);\n"
	"}\n";

/* A member of the set in cell, its own cell; NULL if there is none, errors
 * dropped: the next place is tried. */
static value *member(struct eval *ev, value *cell, const char *name)
{
	symbol sym = symbol_find(name, strlen(name));
	value v;

	if (!cell || !sym)
		return NULL;
	v = value_force(ev, cell);
	if (!v)
		eval_clear_error(ev);
	return v && value_tag(v) == TAG_ATTRS ? attrs_find(value_attrs(v), sym)
					      : NULL;
}

static bool is_set(struct eval *ev, value *cell)
{
	value v = cell ? value_force(ev, cell) : 0;

	if (!v)
		eval_clear_error(ev);
	return v && value_tag(v) == TAG_ATTRS;
}

static value *find_argument(struct eval *ev, value *arguments,
			    const char **name)
{
	for (size_t i = 0; i < sizeof(argument_names) / sizeof(*argument_names);
	     i++) {
		value *cell = member(ev, arguments, argument_names[i]);

		if (is_set(ev, cell)) {
			*name = argument_names[i];
			return cell;
		}
	}
	return NULL;
}

static const char *source_of(struct eval *ev, const char *place,
			     const char *name)
{
	struct buf text = BUF_INIT;
	const char *result;

	buf_add_format(&text, "%s%s", place, name);
	result = arena_strndup(ev->arena, buf_text(&text), text.len);
	buf_release(&text);
	return result;
}

static value *find_profile(struct host *host, const char **source)
{
	struct eval *ev = host->ev;
	value *module, *cell;
	const char *name;
	char host_name[256];
	value call[1];
	value fn, *made;

	module = member(ev, &host->root, "_module");
	cell = find_argument(ev, member(ev, module, "specialArgs"), &name);
	if (cell) {
		*source = source_of(ev, "specialArgs.", name);
		return cell;
	}
	module = member(ev, &host->config, "_module");
	cell = find_argument(ev, member(ev, module, "specialArgs"), &name);
	if (cell) {
		*source = source_of(ev, "specialArgs.", name);
		return cell;
	}
	cell = find_argument(ev, member(ev, module, "args"), &name);
	if (cell) {
		*source = source_of(ev, "_module.args.", name);
		return cell;
	}
	if (host->repository->outputs &&
	    host->repository->start->name.len < sizeof(host_name)) {
		memcpy(host_name, host->repository->start->name.bytes,
		       host->repository->start->name.len);
		host_name[host->repository->start->name.len] = '\0';
		cell = member(ev, &host->repository->outputs,
			      "hardwareProfiles");
		cell = member(ev, cell, host_name);
		if (is_set(ev, cell)) {
			*source = source_of(ev, "hardwareProfiles.", host_name);
			return cell;
		}
	}
	cell = member(ev, member(ev, &host->config, "hardware"), "profile");
	if (is_set(ev, cell)) {
		*source = "config.hardware.profile";
		return cell;
	}

	fn = eval_string(ev, derived, sizeof(derived) - 1, NULL, "«hardware»");
	made = arena_alloc(ev->arena, sizeof(*made));
	if (!fn || !made)
		return NULL;
	call[0] = host->config;
	*made = eval_call(ev, 0, fn, 1, call);
	*source = "config";
	return *made ? made : NULL;
}

static int source_text_of(struct host *host, const struct view_node *node,
			  struct buf *out)
{
	buf_add_text(out, node->detail);
	buf_add_char(out, '\n');
	return 0;
}

int view_find_hardware(struct host *host, const struct wire_text *path,
		       size_t len, struct view_node *out)
{
	const char *source = NULL;
	value *cell = find_profile(host, &source);

	if (!cell)
		return view_errno(host->ev);
	if (len == 1 && view_name_is(&path[0], ".source")) {
		out->kind = WIRE_FILE;
		out->flags = WIRE_HIDDEN;
		out->detail = source;
		out->text = source_text_of;
		return 0;
	}
	if (len == 0)
		out->kind = WIRE_DIRECTORY;
	return view_value(host, cell, path, len, out);
}
