/** What `podstep images build` says of an image.yaml, of a folder and of compilers. */
import type { Catalogue } from './catalogue.ts';

export const cliBuild = {
  'build.noFile': {
    en: 'there is no {file}: a build needs one (workloads/BRING-YOUR-OWN.md shows the smallest)',
    zh: '没有 {file}：构建需要该文件（最小示例见 workloads/BRING-YOUR-OWN.zh.md）',
  },
  'build.empty': {
    en: 'the file is empty: it needs at least programs, each with a component or source, and paths',
    zh: '文件为空：至少需要 programs，其中每一项写明 component 或 source，以及 paths',
  },
  'build.oneDocument': {
    en: 'one file describes one image: remove this second document',
    zh: '一个文件只描述一个镜像：请删除第二个文档',
  },
  'build.noMapping': { en: 'needs a mapping (field: value)', zh: '这里需要一个映射（字段: 值）' },
  'build.duplicate': {
    en: 'the field stands here a second time: keep one of the two',
    zh: '该字段重复出现：请只保留一处',
  },
  'build.unknownField': {
    en: 'unknown field "{field}": remove it; known here: {fields}',
    zh: '未知字段“{field}”：请删除；此处可用的字段：{fields}',
  },
  'build.misspelt': {
    en: 'unknown field "{field}": did you mean "{meant}"?',
    zh: '未知字段“{field}”：是不是想写“{meant}”？',
  },
  'build.noText': {
    en: 'needs a text, not {value}: put it in quotes',
    zh: '这里需要字符串，而不是 {value}：请加上引号',
  },
  'build.noTexts': { en: 'needs a list of texts, such as [a, b]', zh: '这里需要字符串列表，例如 [a, b]' },
  'build.noMaps': {
    en: 'needs a list of mappings, each line with a dash',
    zh: '这里需要由映射组成的列表，每项以短横线开头',
  },
  'build.noProgram': {
    en: 'nothing would run: add programs (component or source, and paths), or a base',
    zh: '镜像中没有可运行的程序：请添加 programs（component 或 source，以及 paths）或 base',
  },
  'build.oneOrigin': {
    en: 'a program needs either component (a .wasm file) or source (.c or .ts files)',
    zh: '每个程序需要 component（.wasm 文件）或 source（.c 或 .ts 文件）二者之一',
  },
  'build.unknownLanguage': {
    en: 'source takes .c files or .ts files (AssemblyScript), one language a program; build others yourself and name the .wasm as component',
    zh: 'source 只接受 .c 文件或 .ts 文件（AssemblyScript），且一个程序只用一种语言；其他语言请自行编译，再用 component 指定 .wasm',
  },
  'build.librariesOfC': {
    en: 'libraries are C and come to a program whose source is .c files: remove them here',
    zh: 'libraries 是 C 库，只能用于 source 为 .c 文件的程序：请在此处删除',
  },
  'build.unknownLibrary': {
    en: '"{library}" is none of the libraries: {libraries}',
    zh: '没有名为“{library}”的库；可用的库：{libraries}',
  },
  'build.noPaths': {
    en: 'a program needs paths: the absolute paths in the image that start it, such as [/bin/app]',
    zh: '程序需要 paths：镜像中启动它的绝对路径，例如 [/bin/app]',
  },
  'build.pathTwice': {
    en: '{path} starts another program already: give this one another path',
    zh: '{path} 已经用于启动另一个程序：请换一个路径',
  },
  'build.notAbsolute': {
    en: '{value} is no absolute path without . and ..: begin it with /',
    zh: '{value} 不是绝对路径（不得包含 . 和 ..）：请以 / 开头',
  },
  'build.notRelative': {
    en: '{value} is absolute: name the file relative to the folder of image.yaml',
    zh: '{value} 是绝对路径：请写相对于 image.yaml 所在目录的路径',
  },
  'build.notInside': {
    en: '{value} does not lie below the folder of image.yaml: move the source there',
    zh: '{value} 不在 image.yaml 所在目录之下：请把源文件移到该目录中',
  },
  'build.fileWithoutPath': {
    en: 'a file needs a path in the image, such as /etc/app.conf',
    zh: '文件需要 path，即它在镜像中的路径，例如 /etc/app.conf',
  },
  'build.oneContent': {
    en: 'needs one of directory: true, content: "..." and symlink: /target',
    zh: '需要 directory: true、content: "..."、symlink: /目标 三者之一',
  },
  'build.directoryTrue': {
    en: 'takes only true: leave the entry out to have no directory',
    zh: '只能为 true：不需要目录时请删除该项',
  },
  'build.badMode': {
    en: 'needs an octal number from 0 to 07777, such as 0644, without quotes',
    zh: '需要 0 到 07777 之间的八进制数，例如 0644，不加引号',
  },
  'build.longLink': {
    en: 'the target of a link has at most {limit} bytes: shorten it',
    zh: '符号链接的目标最长 {limit} 字节：请缩短',
  },
  'build.longLinkFile': {
    en: 'the link {file} has a target of more than {limit} bytes: shorten it',
    zh: '符号链接 {file} 的目标超过 {limit} 字节：请缩短',
  },
  'build.badVariable': {
    en: '{value} is no variable: write NAME=value',
    zh: '{value} 不是环境变量：请写成 NAME=value',
  },
  'build.badUser': {
    en: '{value} is no user: write a number or a name, with a group after a colon ("1000", "app:app")',
    zh: '{value} 不是用户：请写数字或名称，组写在冒号之后（"1000"、"app:app"）',
  },
  'build.badSignal': {
    en: '{value} is no signal of Linux: write SIGTERM, SIGQUIT, SIGINT, ...',
    zh: '{value} 不是 Linux 信号：请写 SIGTERM、SIGQUIT、SIGINT 等',
  },
  'build.badPort': {
    en: '{value} is no port: write 80/tcp (1 to 65535; tcp, udp or sctp)',
    zh: '{value} 不是端口：请写成 80/tcp（1 到 65535；tcp、udp 或 sctp）',
  },
  'build.badName': {
    en: '{name} is no image name: lower-case letters and digits, parts with / between ("hello", "registry.example/team/app"), and a version without +',
    zh: '{name} 不是有效的镜像名称：请用小写字母和数字，各部分以 / 分隔（"hello"、"registry.example/team/app"），version 中不得有 +',
  },
  'build.nameWithTag': {
    en: '{name} has a tag: write the tag as version',
    zh: '{name} 带有标签：请把标签写在 version 中',
  },
  'build.unknownBase': {
    en: 'there is no workload "{base}" to build on: name one of {names}',
    zh: '没有可作为基础的工作负载“{base}”：请从 {names} 中选择',
  },
  'build.noSuchFile': { en: 'there is no file {file}', zh: '没有文件 {file}' },
  'build.noWasm': {
    en: '{file} is no WebAssembly: build it for wasm32-wasip1 or wasm32-wasip2 and name the .wasm',
    zh: '{file} 不是 WebAssembly：请以 wasm32-wasip1 或 wasm32-wasip2 为目标编译，并指定得到的 .wasm',
  },
  'build.largeProgram': {
    en: '{file} is larger than {mib} MiB: build it without debug information, or optimised for size',
    zh: '{file} 超过 {mib} MiB：请去掉调试信息或按体积优化后重新编译',
  },
  'build.manySources': {
    en: '{directory} has more than {files} source files or {mib} MiB of them: build the program yourself and name the .wasm as component',
    zh: '{directory} 中的源文件超过 {files} 个或 {mib} MiB：请自行编译，再用 component 指定 .wasm',
  },
  'build.largeRoot': {
    en: '{directory} has more than {files} files or {mib} MiB: an image has to be smaller',
    zh: '{directory} 超过 {files} 个文件或 {mib} MiB：镜像必须更小',
  },
  'build.oddFile': {
    en: '{file} is neither file, folder nor symbolic link: take it out of the folder',
    zh: '{file} 既不是文件、目录，也不是符号链接：请把它移出该目录',
  },
  'build.noCompiler': {
    en: 'the compiler is not installed; where podstep is installed, run: npm install {packages}',
    zh: '未安装编译器；请在安装 podstep 的位置运行：npm install {packages}',
  },
  'build.notCompiled': { en: 'the program does not compile', zh: '程序未能通过编译' },
  'build.tooSlow': {
    en: 'the compiler took longer than {seconds} s and was ended: split the program, or build it yourself and name the .wasm as component',
    zh: '编译超过 {seconds} 秒，已被终止：请拆分程序，或自行编译后用 component 指定 .wasm',
  },
  'build.crashed': {
    en: 'the compiler ended without a result ({problem}): build the program yourself and name the .wasm as component',
    zh: '编译器未给出结果即退出（{problem}）：请自行编译，再用 component 指定 .wasm',
  },
  'build.notRunnable': { en: 'the image cannot run: {problem}', zh: '镜像无法运行：{problem}' },
  'build.needsName': {
    en: 'the image has no name: add name to {directory}/image.yaml, or give -t NAME',
    zh: '镜像没有名称：请在 {directory}/image.yaml 中添加 name，或使用 -t 名称',
  },
  'build.needsDirectory': {
    en: 'podstep images build needs one folder with an image.yaml',
    zh: 'podstep images build 需要一个含有 image.yaml 的目录',
  },
  'build.built': { en: '{image} is built: {id}, {size}', zh: '{image} 已构建：{id}，{size}' },
} as const satisfies Catalogue;
