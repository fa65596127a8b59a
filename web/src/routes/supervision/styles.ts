// What this face uses of the library beyond ui/styles.ts, in the order they build on each other.
import '@mantine/core/styles/InlineInput.layer.css';
import '@mantine/core/styles/Switch.layer.css';
import '@mantine/core/styles/Drawer.layer.css';
import '@mantine/core/styles/Pagination.layer.css';
