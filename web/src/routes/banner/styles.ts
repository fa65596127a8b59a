// The library's components that only this face uses; those of its forms are loaded with them.
import '@mantine/core/styles/Skeleton.layer.css';
